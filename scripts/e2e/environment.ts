import { mkdirSync, mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { Front } from "./front.ts";

/** A place of its own for one run: nothing of the caller's account, home or settings reaches it. */
export interface Sandbox {
  /** Fresh folder; outside any package, for MiniStack's Node Lambdas end at once below a "type": "module". */
  readonly folder: string;
  /** Where the emulator listens. */
  readonly port: number;
  /** Where everybody calls it. */
  readonly endpoint: string;
  readonly front: Front;
  readonly region: string;
  /** The whole environment of the processes started for the run. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Makes a fresh sandbox with free ports. Its front must be stopped. */
export async function makeSandbox(region: string): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), "product-import-e2e-"));
  for (const name of ["home", "tmp"]) mkdirSync(join(folder, name));
  const port = await freePort();
  const front = new Front(port);
  const endpoint = await front.start();
  const variables = {
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    // MiniStack runs Lambdas with the first node it finds: it must be the one that runs this script.
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: region,
    // Every call is judged by the policies of who makes it.
    AUTH: "true",
  };
  return { folder, port, endpoint, front, region, variables };
}

/** Throws where a process under these variables could reach another cloud than the one just started. */
export function refuseOtherClouds({ variables, endpoint }: Sandbox): void {
  if (variables["AWS_ENDPOINT_URL"] !== endpoint || new URL(endpoint).hostname !== "127.0.0.1")
    throw new Error("AWS_ENDPOINT_URL is not the emulator's own: Terraform would talk to AWS.");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("No free port was found.");
  return address.port;
}
