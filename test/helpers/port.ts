/** Where a server of a test listens. */
import { createConnection } from "../../kernel/wire/connection-file.js";

/** A port that is free now, and none that an outgoing connection of another test is given before the server listens there. */
export const freePort = async (): Promise<number> => (await createConnection()).shell_port;
