// Asks for a report, waits for it and downloads it, by what openapi-typescript makes of `openapi.json`.
//
// REPORTWIRE_HTTPS, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: node program.js FILE

import { createHash, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { env, argv } from "node:process";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./reportwire.js";

type Snapshot = components["schemas"]["Snapshot"];

const base = env.REPORTWIRE_HTTPS!;
const signer = new SignatureV4({
  service: "execute-api",
  region: env.AWS_REGION!,
  credentials: {
    accessKeyId: env.AWS_ACCESS_KEY_ID!,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY!,
    ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
  },
  sha256: Sha256,
});

const signature: Middleware = {
  async onRequest({ request }) {
    const url = new URL(request.url);
    const body = request.body ? await request.clone().text() : undefined;
    const signed = await signer.sign({
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
      ...(body !== undefined && { body }),
    });
    for (const [name, value] of Object.entries(signed.headers)) {
      if (name !== "host") request.headers.set(name, value);
    }
    return request;
  },
};

const client = createClient<paths>({ baseUrl: base, redirect: "manual" });
client.use(signature);

const path = { reportId: randomUUID() };
const asked = await client.PUT("/reports/{reportId}", {
  params: { path },
  body: { definition: "sample", parameters: { delay: 3000, amountOfRows: 100 }, format: "csv" },
});
if (!asked.data) throw new Error(`no report: ${JSON.stringify(asked.error)}`);
let report: Snapshot = asked.data;
let tag = asked.response.headers.get("ETag")!;
while (report.state === "QUEUED" || report.state === "RUNNING") {
  const news = await client.GET("/reports/{reportId}", {
    params: { path, query: { until: "end" }, header: { Prefer: "wait=20", "If-None-Match": tag } },
  });
  if (news.data) {
    report = news.data;
    tag = news.response.headers.get("ETag")!;
  } else if (news.response.status !== 304) {
    throw new Error(`no news: ${JSON.stringify(news.error)}`);
  }
}
if (!report.result) throw new Error(`no file: ${report.error?.message}`);

const led = await client.GET("/reports/{reportId}/file", { params: { path } });
const file = await fetch(led.response.headers.get("Location")!);
const content = Buffer.from(await file.arrayBuffer());
const found = createHash("sha256").update(content).digest("hex");
if (!file.ok || found !== report.result.sha256) throw new Error("the file is damaged");
await writeFile(argv[2]!, content);
console.log(report.state, report.result.rowCount);
