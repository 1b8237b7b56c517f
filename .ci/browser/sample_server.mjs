// Step 2's server over www/, started once for all files that visit the sample pages.

import path from "node:path";
import { startServer, workspace } from "./server.mjs";

const server = await startServer("step2-static-server", "--root", path.join(workspace, "www"));

/** The absolute URL of a file of www/. */
export const at = (file) => new URL(file, server.url).href;

/** Waits for a line of the access log. */
export const logged = (pattern) => server.line(pattern);
