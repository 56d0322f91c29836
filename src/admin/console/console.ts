/** The browser console as a part of the HTTP server: one page, its program and its style sheet. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { escapeHtml } from "../http/html.ts";
import { SECURITY_HEADERS } from "../http/security_headers.ts";
import icon from "./assets/icon.svg" with { type: "text" };
import program from "./assets/console.js" with { type: "text" };
import style from "./assets/console.css" with { type: "text" };

export interface ConsoleOptions {
  /** The path on the same address where MQTT over WebSocket is; undefined: nowhere. */
  readonly mqttPath: string | undefined;
}

/** The console as a part of the HTTP server. */
export interface Console {
  /** First segments of the paths that it answers besides `/`. */
  readonly prefixes: readonly string[];
  /** Answers 404 for what is not its own. */
  fetch(request: Request): Response;
}

/** A file of the console: it does not change while the program runs. */
interface Asset {
  readonly type: string;
  readonly cacheControl: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/**
 * Nothing from elsewhere, nothing inline, no text that becomes markup. `'self'` of `connect-src`
 * covers the WebSocket of the same address.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const CONSOLE_HEADERS = {
  ...SECURITY_HEADERS,
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** An asset's name changes with its content, so a browser asks for it once. */
const FOR_EVER = "public, max-age=31536000, immutable";
const HASH_LENGTH = 16;
const ASSETS = "/assets";

/** Compresses its files when the first of them is asked for: a start does not need them. */
export function createConsole(options: ConsoleOptions): Console {
  let files: ReadonlyMap<string, Asset> | undefined;
  return {
    prefixes: [ASSETS],
    fetch: (request) => answer(request, files ??= filesOf(options)),
  };
}

/** By path. */
function filesOf({ mqttPath }: ConsoleOptions): ReadonlyMap<string, Asset> {
  const files = new Map<string, Asset>();
  const publish = (name: string, extension: string, type: string, text: string): string => {
    const hash = createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
    const path = `${ASSETS}/${name}-${hash}.${extension}`;
    files.set(path, asset(type, FOR_EVER, text));
    return path;
  };
  const html = pageWith({
    program: publish("console", "js", "text/javascript; charset=utf-8", program),
    style: publish("console", "css", "text/css; charset=utf-8", style),
    icon: publish("icon", "svg", "image/svg+xml", icon),
    mqttPath: mqttPath ?? "",
  });
  files.set("/", asset("text/html; charset=utf-8", "no-cache", html));
  return files;
}

function asset(type: string, cacheControl: string, text: string): Asset {
  const plain = new TextEncoder().encode(text);
  return { type, cacheControl, plain, gzip: new Uint8Array(gzipSync(plain, { level: 9 })) };
}

function answer(request: Request, files: ReadonlyMap<string, Asset>): Response {
  const file = files.get(new URL(request.url).pathname);
  if (file === undefined) return refusal(404);
  if (request.method !== "GET" && request.method !== "HEAD") return refusal(405);
  const headers = new Headers(CONSOLE_HEADERS);
  headers.set("content-type", file.type);
  headers.set("cache-control", file.cacheControl);
  headers.set("vary", "accept-encoding");
  const compressed = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  if (compressed) headers.set("content-encoding", "gzip");
  const body = compressed ? file.gzip : file.plain;
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

function refusal(status: 404 | 405): Response {
  const headers = new Headers(CONSOLE_HEADERS);
  if (status === 405) headers.set("allow", "GET, HEAD");
  return new Response(null, { status, headers });
}

interface PageParts {
  readonly program: string;
  readonly style: string;
  readonly icon: string;
  readonly mqttPath: string;
}

function pageWith({ program, style, icon, mqttPath }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="mqtt-path" content="${escapeHtml(mqttPath)}">
<title>TideMQ</title>
<link rel="icon" href="${icon}" type="image/svg+xml">
<link rel="stylesheet" href="${style}">
<script type="module" src="${program}"></script>
</head>
<body>
<noscript><p>The console needs JavaScript. Everything that it does is in the
<a href="/api/v1/docs">API</a> too.</p></noscript>
<div id="console"></div>
</body>
</html>
`;
}
