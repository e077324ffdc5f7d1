import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { Front } from "../../scripts/e2e/front.ts";

it("hands every call on as it came, but that it came by TLS, and its answer back", async () => {
  const emulator = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request;
      response.writeHead(418, { "x-answer": "yes" });
      response.end(JSON.stringify([method, url, body, headers["x-forwarded-proto"], headers.host, headers["x-own"]]));
    });
  });
  emulator.listen(0, "127.0.0.1");
  await once(emulator, "listening");
  const front = new Front((emulator.address() as AddressInfo).port);
  const url = await front.start();
  const response = await fetch(`${url}/a%20b?c=d`, { method: "PUT", body: "words", headers: { "x-own": "mine" } });
  expect(response.status).toBe(418);
  expect(response.headers.get("x-answer")).toBe("yes");
  expect(await response.json()).toEqual(["PUT", "/a%20b?c=d", "words", "https", new URL(url).host, "mine"]);
  front.stop();
  emulator.closeAllConnections();
  emulator.close();
});
