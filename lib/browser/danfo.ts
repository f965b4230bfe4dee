/** "gradbook/danfo" in a browser: danfo's package for Node does not run there. */
import { danfo } from "./absent.js";

danfo();
