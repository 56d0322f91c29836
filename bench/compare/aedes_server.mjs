/**
 * aedes as its documentation shows it, in Node: `node aedes_server.mjs FOLDER`, where it was
 * installed into FOLDER. Listens on a free port of 127.0.0.1 and says which on standard output.
 */
import { createServer } from "node:net";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const { Aedes } = await import(pathToFileURL(resolve(folder, "node_modules/aedes/aedes.js")).href);
const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
server.listen({ host: "127.0.0.1", port: 0, backlog: 1024 }, () => {
  console.log(`port ${server.address().port}`);
});
