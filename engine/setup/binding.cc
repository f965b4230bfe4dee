// TensorFlow.js's binding with one function more, `direct(on)`. While it is on, on this thread,
// - a session that is loaded takes the graph as it is: TensorFlow's optimizers, which take longer than loading and find nothing in
//   the graphs that `compile` has simplified, are off;
// - a session runs on the thread that asks, as handing over to TensorFlow's own threads and back takes some 65 µs. Denormal numbers
//   are zero meanwhile, as on TensorFlow's threads: computing with them takes a hundred times as long.
// It is compiled by `wheel.ts` in the place of the two sources that it includes.
#include <node_api.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tensorflow/c/c_api.h"

namespace gradbook {

thread_local bool direct = false;

#if defined(__x86_64__)
using FloatMode = unsigned;
FloatMode FloatModeNow() { return _mm_getcsr(); }
void SetFloatMode(FloatMode mode) { _mm_setcsr(mode); }
constexpr FloatMode kFlushDenormals = 0x8040;  // results (FTZ) and inputs (DAZ)
#elif defined(__aarch64__)
using FloatMode = unsigned long long;
FloatMode FloatModeNow() {
  FloatMode mode;
  asm volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}
void SetFloatMode(FloatMode mode) { asm volatile("msr fpcr, %0" : : "r"(mode)); }
constexpr FloatMode kFlushDenormals = 1 << 24;  // FZ
#endif

// RunOptions { inter_op_thread_pool: -1 }, serialized.
constexpr unsigned char kCallingThread[] = {0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
// ConfigProto { graph_options { optimizer_options { opt_level: L0 } rewrite_options { disable_meta_optimizer: true } } }
constexpr unsigned char kAsItIs[] = {0x52, 0x12, 0x1a, 0x0b, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0x01, 0x52, 0x03, 0x98, 0x01, 0x01};

TF_SessionOptions* NewSessionOptions() {
  TF_SessionOptions* options = TF_NewSessionOptions();
  if (direct) {
    TF_Status* status = TF_NewStatus();
    TF_SetConfig(options, kAsItIs, sizeof kAsItIs, status);  // fails for bytes that are no ConfigProto, which these are
    TF_DeleteStatus(status);
  }
  return options;
}

void SessionRun(TF_Session* session, const TF_Buffer* options, const TF_Output* inputs, TF_Tensor* const* input_values,
                int input_count, const TF_Output* outputs, TF_Tensor** output_values, int output_count,
                const TF_Operation* const* targets, int target_count, TF_Buffer* metadata, TF_Status* status) {
  const TF_Buffer calling_thread = {kCallingThread, sizeof kCallingThread, nullptr};
  const FloatMode before = FloatModeNow();
  if (direct) SetFloatMode(before | kFlushDenormals);
  TF_SessionRun(session, direct ? &calling_thread : options, inputs, input_values, input_count, outputs, output_values,
                output_count, targets, target_count, metadata, status);
  if (direct) SetFloatMode(before);
}

napi_value SetDirect(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value on;
  napi_get_cb_info(env, info, &count, &on, nullptr, nullptr);
  napi_get_value_bool(env, on, &direct);
  return nullptr;
}

}  // namespace gradbook

#define TF_NewSessionOptions gradbook::NewSessionOptions
#define TF_SessionRun gradbook::SessionRun
#include "tfjs_backend.cc"
#undef TF_NewSessionOptions
#undef TF_SessionRun

#undef NAPI_MODULE
#define NAPI_MODULE(name, initialize)
#include "tfjs_binding.cc"

NAPI_MODULE_INIT() {
  napi_value set_direct;
  if (napi_create_function(env, "direct", NAPI_AUTO_LENGTH, gradbook::SetDirect, nullptr, &set_direct) != napi_ok ||
      napi_set_named_property(env, exports, "direct", set_direct) != napi_ok) {
    return nullptr;
  }
  return tfnodejs::InitTFNodeJSBinding(env, exports);
}
