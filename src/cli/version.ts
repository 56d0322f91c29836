export { VERSION as version } from "../base/version.ts";
