/** Started by a test as a process of its own, to be killed or to end by itself: an engine with one execution that runs. */
import { setTimeout as sleep } from "node:timers/promises";
import { startEngine } from "../../scripts/local/engine.ts";

const [dataDir, stackFile, stopAtOnce] = process.argv.slice(2) as [string, string, string?];
const engine = await startEngine({ dataDir, stackFile });
const { executionArn } = engine.startExecution(engine.output("slow"), { n: 1 });
if (stopAtOnce) await engine.stop();
await sleep(100);
process.send?.({ executionArn, environment: engine.environment });
