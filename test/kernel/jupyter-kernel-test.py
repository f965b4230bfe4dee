# Jupyter's own conformance tests for kernels, with every attribute filled in. Run by jupyter-kernel-test.test.ts, which
# has installed the kernel under the name "gradbook" in the environment of this Python.
import faulthandler
import unittest

import jupyter_kernel_test
from jupyter_client.manager import start_new_kernel


class GradbookTests(jupyter_kernel_test.KernelTests):
    kernel_name = "gradbook"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('test')"
    completion_samples = [
        {"text": "Math.sq", "matches": {"sqrt"}},
        {"text": "'text'.toUp", "matches": {"toUpperCase"}},
        {"text": "structuredCl", "matches": {"structuredClone"}},
    ]
    complete_code_samples = ["1", "const x = 5", "function f(a: number) {\n  return a;\n}", "// a comment"]
    incomplete_code_samples = ["function f() {", "[1, 2,", "`text", "f("]
    invalid_code_samples = ["const = 5", "x y", "1)"]
    code_page_something = "Math.max?"
    code_generate_error = "throw new Error('on purpose')"
    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "[1, 2].map((x) => x + 1)", "result": "[ 2, 3 ]"},
        {"code": "'text'.length", "result": "4"},
    ]
    code_display_data = [
        {"code": "display(html('<b>x</b>'))", "mime": "text/html"},
        {"code": "display(svg('<svg></svg>'))", "mime": "image/svg+xml"},
    ]
    code_history_pattern = "1 ? 2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max"
    code_clear_output = "clearOutput()"

    @classmethod
    def setUpClass(cls) -> None:
        cls.km, cls.kc = start_new_kernel(kernel_name=cls.kernel_name, startup_timeout=1000)
        # The tests give a message a tenth of a second, or a whole one: on a busy machine that says nothing of the kernel.
        for channel in (cls.kc.shell_channel, cls.kc.iopub_channel):
            channel.get_msg = lambda timeout=None, get_msg=channel.get_msg: get_msg()

    def flush_channels(self) -> None:
        """Takes what has come before: up to the end of a request of its own, since a pause would not tell."""
        msg_id = self.kc.kernel_info()
        while self.kc.get_shell_msg()["parent_header"].get("msg_id") != msg_id:
            pass
        while True:
            message = self.kc.get_iopub_msg()
            jupyter_kernel_test.validate_message(message)
            is_own = message["parent_header"].get("msg_id") == msg_id
            if is_own and message["content"].get("execution_state") == "idle":
                return

    def test_nothing_is_left_out(self) -> None:
        names = [name for name in vars(jupyter_kernel_test.KernelTests) if not name.startswith(("_", "test_"))]
        attributes = [name for name in names if not callable(getattr(jupyter_kernel_test.KernelTests, name))]
        self.assertEqual([name for name in attributes if not getattr(self, name)], [])


class GradbookWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "gradbook"
    support_iopub_welcome = True


if __name__ == "__main__":
    # Some of these tests wait without end for a message: what hangs is to fail, and to say where.
    faulthandler.dump_traceback_later(1000, exit=True)
    unittest.main()
