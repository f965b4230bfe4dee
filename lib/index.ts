/** Gradbook's library: everything a notebook imports from "gradbook" (danfo comes from "gradbook/danfo"). */
export {};
