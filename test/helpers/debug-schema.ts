/**
 * The Debug Adapter Protocol as the schema of every `debug_reply` and `debug_event`: the types of @vscode/debugprotocol, made a
 * JSON schema; Jupyter's own commands as "Messaging in Jupyter" has them.
 */
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import { createGenerator } from "ts-json-schema-generator";

interface DebugMessage {
  type?: unknown;
  command?: unknown;
  event?: unknown;
  success?: unknown;
  body?: unknown;
}

const path = createRequire(import.meta.url)
  .resolve("@vscode/debugprotocol")
  .replace(/\.js$/, ".d.ts");

/** The bodies of answers that are Jupyter's own. */
const jupyter: { [command: string]: object } = {
  debugInfo: {
    type: "object",
    required: [
      ...["isStarted", "hashMethod", "hashSeed", "tmpFilePrefix", "tmpFileSuffix", "breakpoints", "stoppedThreads"],
      ...["richRendering", "exceptionPaths"],
    ],
    properties: {
      isStarted: { type: "boolean" },
      hashMethod: { const: "Murmur2" },
      hashSeed: { type: "integer" },
      tmpFilePrefix: { type: "string" },
      tmpFileSuffix: { type: "string" },
      breakpoints: {
        type: "array",
        items: {
          type: "object",
          required: ["source", "breakpoints"],
          properties: {
            source: { type: "string" },
            breakpoints: { type: "array", items: { $ref: "#/definitions/DebugProtocol.SourceBreakpoint" } },
          },
        },
      },
      stoppedThreads: { type: "array", items: { type: "integer" } },
      richRendering: { type: "boolean" },
      exceptionPaths: { type: "array", items: { type: "string" } },
      copyToGlobals: { type: "boolean" },
    },
  },
  dumpCell: { type: "object", required: ["sourcePath"], properties: { sourcePath: { type: "string" } } },
  inspectVariables: {
    type: "object",
    required: ["variables"],
    properties: { variables: { type: "array", items: { $ref: "#/definitions/DebugProtocol.Variable" } } },
  },
  copyToGlobals: {
    type: "object",
    required: ["value"],
    properties: { value: { type: "string" }, type: { type: "string" } },
  },
  richInspectVariables: {
    type: "object",
    required: ["data", "metadata"],
    properties: { data: { type: "object" }, metadata: { type: "object" } },
  },
};

let definitions: object | undefined;
const ajv = new Ajv({ allErrors: true, strict: false });
const validators = new Map<string, ValidateFunction>();

function validatorOf(name: string, own: object | undefined): ValidateFunction {
  definitions ??= createGenerator({ path, type: "*", skipTypeCheck: true, additionalProperties: true }).createSchema(
    "*",
  ).definitions as object;
  const known = Object.keys(definitions).find((each) => each === `DebugProtocol.${name}`);
  if (known === undefined && !own) throw new Error(`Expected a message of the protocol, received ${name}.`);
  const schema = own
    ? {
        allOf: [
          { $ref: "#/definitions/DebugProtocol.Response" },
          { type: "object", required: ["body"], properties: { body: own } },
        ],
      }
    : { $ref: `#/definitions/${known}` };
  const validator = validators.get(name) ?? ajv.compile({ ...schema, definitions });
  validators.set(name, validator);
  return validator;
}

/** @throws Error that names every fault of an answer or an event that is not as the protocol has it. */
export function checkDebugMessage(message: DebugMessage): void {
  const isEvent = message.type === "event";
  const name = String(isEvent ? message.event : message.command);
  const title = `${name[0]!.toUpperCase()}${name.slice(1)}${isEvent ? "Event" : "Response"}`;
  const isRefused = !isEvent && message.success === false;
  const validator = isRefused
    ? validatorOf("ErrorResponse", undefined)
    : validatorOf(title, isEvent ? undefined : jupyter[name]);
  if (validator(message)) return;
  const faults = ajv.errorsText(validator.errors, { separator: "\n  " });
  throw new Error(`Expected ${title} as in the protocol, received\n  ${faults}\n${JSON.stringify(message)}`);
}
