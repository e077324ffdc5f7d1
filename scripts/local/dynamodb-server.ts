/** Runs in a process of its own: the DynamoDB server, over the folder it is given; it ends when the engine does. */
import type { AddressInfo } from "node:net";
import { dynalite } from "./dynalite.ts";

const server = dynalite({ path: process.argv[2]!, createTableMs: 0 });
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));

// Sent by the engine to stop, and the channel closes when the engine died.
process.on("disconnect", () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
// Ctrl-C reaches the whole group; the engine still has Lambdas to end first.
process.on("SIGINT", () => undefined);
