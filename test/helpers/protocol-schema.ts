/**
 * One schema of the Jupyter protocol 5.4 for everything a kernel sends: the tests check every received message with it.
 * Source: jupyter-client.readthedocs.io/en/stable/messaging.html, section by section.
 */
import { Ajv, type ValidateFunction } from "ajv";
import type { ReceivedOn } from "../../kernel/client/kernel-client.js";
import type { Message } from "../../kernel/wire/message.js";
import { checkDebugMessage } from "./debug-schema.js";

type Schema = { [keyword: string]: unknown };

const string = { type: "string" };
const integer = { type: "integer", minimum: 0 };
const boolean = { type: "boolean" };
const object = { type: "object" };
const list = (items: Schema): Schema => ({ type: "array", items });

/** An object with exactly these fields required; a name that ends in `?` is optional. Further fields are allowed. */
function fields(properties: { [name: string]: Schema }): Schema {
  const entries = Object.entries(properties);
  return {
    type: "object",
    required: entries.map(([name]) => name).filter((name) => !name.endsWith("?")),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace("?", ""), schema])),
  };
}

/** JSON types come as objects, everything else (text, base64) as a string; there is at least one. */
const mimeBundle = {
  type: "object",
  minProperties: 1,
  patternProperties: { json$: {} },
  additionalProperties: string,
  propertyNames: { pattern: "^[a-z]+/[A-Za-z0-9.+-]+$" },
};
const failure = { ename: string, evalue: string, traceback: list(string) };
const display = { data: mimeBundle, metadata: object, "transient?": fields({ "display_id?": string }) };
const ok = { status: { const: "ok" } };
const reply = (properties: { [name: string]: Schema }): Schema => ({
  oneOf: [fields({ ...ok, ...properties }), fields({ status: { const: "error" }, ...failure })],
});

const kernel_info_reply = fields({
  ...ok,
  protocol_version: { type: "string", pattern: "^5\\.\\d+$" },
  implementation: string,
  implementation_version: string,
  language_info: fields({ name: string, version: string, mimetype: string, file_extension: string }),
  banner: string,
  "help_links?": list(fields({ text: string, url: string })),
  "supported_features?": list(string),
});

const contents: { [channel in ReceivedOn]: { [msg_type: string]: Schema } } = {
  shell: {
    execute_reply: {
      oneOf: [
        fields({ ...ok, execution_count: integer, user_expressions: object, "payload?": list(object) }),
        fields({ status: { const: "error" }, execution_count: integer, ...failure }),
        fields({ status: { const: "aborted" }, "execution_count?": integer }),
      ],
    },
    kernel_info_reply,
    complete_reply: reply({ matches: list(string), cursor_start: integer, cursor_end: integer, metadata: object }),
    inspect_reply: reply({ found: boolean, data: object, metadata: object }),
    is_complete_reply: {
      oneOf: [
        fields({ status: { const: "incomplete" }, indent: string }),
        fields({ status: { enum: ["complete", "invalid", "unknown"] } }),
      ],
    },
    history_reply: reply({ history: list({ type: "array", minItems: 3, maxItems: 3 }) }),
    comm_info_reply: reply({ comms: object }),
    // VS Code asks for an interrupt on this channel.
    interrupt_reply: reply({}),
  },
  control: {
    shutdown_reply: reply({ restart: boolean }),
    interrupt_reply: reply({}),
    kernel_info_reply,
    debug_reply: fields({ type: { const: "response" }, command: string, success: boolean }),
    create_subshell_reply: reply({ subshell_id: string }),
    list_subshell_reply: reply({ subshell_id: list(string) }),
    delete_subshell_reply: reply({}),
  },
  iopub: {
    status: fields({ execution_state: { enum: ["busy", "idle", "starting"] } }),
    stream: fields({ name: { enum: ["stdout", "stderr"] }, text: { type: "string", minLength: 1 } }),
    execute_input: fields({ code: string, execution_count: integer }),
    execute_result: fields({ ...display, execution_count: integer }),
    display_data: fields(display),
    update_display_data: fields({ ...display, transient: fields({ display_id: string }) }),
    clear_output: fields({ wait: boolean }),
    error: fields(failure),
    shutdown_reply: fields({ restart: boolean }),
    iopub_welcome: fields({ subscription: string }),
    comm_open: fields({ comm_id: string, target_name: string, data: object }),
    comm_msg: fields({ comm_id: string, data: object }),
    comm_close: fields({ comm_id: string, data: object }),
    debug_event: fields({ type: { const: "event" }, event: string }),
  },
  stdin: { input_request: fields({ prompt: string, password: boolean }) },
};

const header = fields({
  msg_id: { type: "string", minLength: 1 },
  session: { type: "string", minLength: 1 },
  username: string,
  date: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$" },
  msg_type: string,
  version: { type: "string", pattern: "^5\\.\\d+$" },
});

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

function validatorOf(channel: ReceivedOn, msg_type: string): ValidateFunction {
  const content = contents[channel][msg_type];
  if (!content) throw new Error(`Expected a message type of the ${channel} channel, received "${msg_type}".`);
  const name = `${channel} ${msg_type}`;
  // Only the broadcast that announces a starting kernel, and the welcome, come without a request.
  const parent_header =
    msg_type === "status" || msg_type === "iopub_welcome"
      ? { anyOf: [header, { type: "object", maxProperties: 0 }] }
      : header;
  const validator = validators.get(name) ?? ajv.compile(fields({ header, parent_header, metadata: object, content }));
  validators.set(name, validator);
  return validator;
}

/** @throws Error that names the channel, the type and every fault of a message that is not as the protocol has it. */
export function checkMessage(message: Message, channel: ReceivedOn): void {
  const { msg_type } = message.header;
  const validator = validatorOf(channel, msg_type);
  if (validator(message)) {
    if (/^debug_(reply|event)$/.test(msg_type)) checkDebugMessage(message.content);
    return;
  }
  const faults = ajv.errorsText(validator.errors, { separator: "\n  " });
  throw new Error(
    `Expected ${msg_type} on ${channel} as in the protocol, received\n  ${faults}\n${JSON.stringify(message)}`,
  );
}
