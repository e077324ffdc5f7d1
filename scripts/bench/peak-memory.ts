import { existsSync, readFileSync } from "node:fs";

/**
 * The most memory that this process ever had resident, in megabytes of a million bytes. Linux counts maxRSS from the process that
 * forked this one, which may have been larger; its VmHWM begins anew.
 */
export function peakMegabytes(): number {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return (Number(kilobytes) * 1024) / 1e6;
}
