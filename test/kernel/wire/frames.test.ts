import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, type Envelope, encode, SeenSignatures, sign, WireError } from "../../../kernel/wire/frames.js";
import { createMessage } from "../../../kernel/wire/message.js";

const key = "a-key";
const message = createMessage("s1", "execute_request", { code: "1 + 1" });

describe("decode", () => {
  it("refuses a message signed with another key", () => {
    expect(() => decode(key, encode("another", message))).toThrow("signed with this connection's key");
  });

  it("refuses a message whose content changed after it was signed", () => {
    const frames = encode(key, message);
    frames[5] = Buffer.from('{"code":"2 + 2"}');
    expect(() => decode(key, frames)).toThrow("signed with this connection's key");
  });

  it("refuses an empty signature", () => {
    expect(() => decode(key, encode("", message))).toThrow("signed with this connection's key");
  });

  it("names what is missing in a malformed message", () => {
    expect(() => decode(key, [])).toThrow('Expected a frame "<IDS|MSG>", received 0 frames');
    expect(() => decode(key, encode(key, message).slice(0, 4))).toThrow("received 3 frames");
  });

  const tampered = (index: number, text: string) => {
    const parts = encode("", message).slice(2, 6);
    parts[index] = Buffer.from(text);
    return [Buffer.from("<IDS|MSG>"), Buffer.from(sign(key, parts)), ...parts];
  };

  it("names the part that is not a JSON object", () => {
    expect(() => decode(key, tampered(3, "{code:"))).toThrow('JSON in the content of a message, received "{code:"');
    expect(() => decode(key, tampered(2, "[]"))).toThrow('an object in the metadata of a message, received "[]"');
  });

  it("names the header field that is missing", () => {
    expect(() => decode(key, tampered(0, '{"msg_id":"1","session":"s"}'))).toThrow("field msg_type, received nothing");
  });
});

describe("decode, with the signatures seen before,", () => {
  it("refuses a message that comes again, and takes others", () => {
    const seen = new SeenSignatures();
    const frames = encode(key, message);
    decode(key, frames, seen);
    expect(() => decode(key, frames, seen)).toThrow(WireError);
    expect(() => decode(key, frames, seen)).toThrow("a signature that was received before");
    // What is not signed is no part of it.
    expect(() => decode(key, [Buffer.from("other"), ...frames, Buffer.from("buffer")], seen)).toThrow(WireError);
    decode(key, encode(key, createMessage("s1", "execute_request", { code: "1 + 1" })), seen);
  });

  it("does not remember a signature that was wrong", () => {
    const seen = new SeenSignatures();
    const frames = encode(key, message);
    const forged = [...frames];
    forged[5] = Buffer.from('{"code":"2 + 2"}');
    expect(() => decode(key, forged, seen)).toThrow("signed with this connection's key");
    decode(key, frames, seen);
  });

  it("refuses nothing under an empty key", () => {
    const seen = new SeenSignatures();
    for (let i = 0; i < 3; i++) decode("", encode("", message), seen);
  });

  it("forgets the oldest first, so that memory stays bounded", () => {
    const seen = new SeenSignatures();
    for (let i = 0; i <= 65_536; i++) seen.add(`signature ${i}`);
    expect(() => seen.add("signature 1")).toThrow(WireError);
    seen.add("signature 0");
  });
});

describe("decode, whatever arrives,", () => {
  const delimiter = Buffer.from("<IDS|MSG>");
  const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
  const json = fc.json().map((text) => Buffer.from(text));
  const frame = fc.oneof(bytes, json, fc.constant(delimiter), fc.constant(Buffer.from("null")));
  const header = fc.dictionary(fc.constantFrom("msg_id", "msg_type", "session", "__proto__"), fc.jsonValue());
  const attempt = (frames: Buffer[]) => {
    try {
      return decode(key, frames);
    } catch (error) {
      return error;
    }
  };

  it("gives a WireError for noise: no signature is right by chance", () => {
    fc.assert(
      fc.property(fc.array(frame), (frames) => {
        expect(attempt(frames)).toBeInstanceOf(WireError);
      }),
    );
  });

  it("gives a message with objects and a whole header, or a WireError, for any signed parts", () => {
    const part = fc.oneof(
      frame,
      header.map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 4, maxLength: 4 }), fc.array(frame), (parts, buffers) => {
        const received = attempt([delimiter, Buffer.from(sign(key, parts)), ...parts, ...buffers]);
        if (received instanceof WireError) return;
        const { message } = received as Envelope;
        for (const name of ["msg_id", "msg_type", "session"] as const)
          expect(message.header[name]).toBeTypeOf("string");
        for (const name of ["parent_header", "metadata", "content"] as const)
          expect(message[name]).toBeTypeOf("object");
        expect(message.buffers).toEqual(buffers);
      }),
    );
  });

  it("refuses a message of which one bit changed", () => {
    const frames = encode(key, message);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: frames.length - 1 }), fc.nat(), (index, n) => {
        const copy = frames.map((each) => Buffer.from(each));
        const [changed, bit] = [copy[index]!, n % (copy[index]!.length * 8)];
        changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
        expect(attempt(copy)).toBeInstanceOf(WireError);
      }),
    );
  });
});

describe("encode", () => {
  it("is undone by decode, whatever identities, content and buffers it gets", () => {
    const frame = fc.uint8Array().map((bytes) => Buffer.from(bytes));
    const identity = frame.filter((bytes) => bytes.toString() !== "<IDS|MSG>");
    fc.assert(
      fc.property(
        fc.array(identity),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(frame),
        (ids, content, buffers) => {
          const sent = createMessage("s1", "comm_msg", JSON.parse(JSON.stringify(content)), {
            buffers,
            parent: message,
          });
          const { identities, message: received } = decode(key, encode(key, sent, ids));
          expect(identities).toEqual(ids);
          expect(received).toEqual(sent);
        },
      ),
    );
  });

  it("may have the delimiter itself among the buffers", () => {
    const sent = { ...message, buffers: [Buffer.from("<IDS|MSG>")] };
    expect(decode(key, encode(key, sent)).message).toEqual(sent);
  });

  it("signs as the specification does: HMAC-SHA256 over header, parent header, metadata and content", () => {
    // printf 'abcd' | openssl dgst -sha256 -hmac a-key
    const parts = ["a", "b", "c", "d"].map((text) => Buffer.from(text));
    expect(sign(key, parts)).toBe("5b28394a106d012a854ab2a88189507758358dec1c0bc32ccef50e2cdf617b9e");
  });

  it("leaves messages unsigned under an empty key", () => {
    expect(encode("", message)[1]).toHaveLength(0);
    expect(decode("", encode("", message)).message).toEqual(message);
  });
});
