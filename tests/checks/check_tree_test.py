#!/usr/bin/env python3
"""check_tree.py finds each kind of fault in a small tree, and nothing in a good one."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
sys.dont_write_bytecode = True
import check_tree  # noqa: E402

GOOD = {
    "tests/checks/modules.txt": "# table\nbase:\nmedia: base\nflow: base\ncli: base media flow\n",
    "lib/base/a.h": '#include <string>\n// std::cout and exit( in a comment\nconst char* t = "exit(";\n',
    "lib/media/av_ptr.h": '#include "base/a.h"\nvoid f() { av_frame_free(&x); }\n',
    "lib/flow/b.h": '#include "base/a.h"\n',
    "lib/cli/run.cpp": '#include <CLI/CLI.hpp>\n#include "flow/b.h"\nvoid f() { fmt::print("x"); }\n',
    "tools/t.cpp": '#include <CLI/CLI.hpp>\n#include "media/av_ptr.h"\nint main() {\n}\n',
}


def faults(changes):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**GOOD, **changes}.items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
        return list(check_tree.check(root))


class CheckTree(unittest.TestCase):
    def test_a_good_tree_has_no_fault(self):
        self.assertEqual(faults({}), [])

    def finds(self, changes, text):
        found = faults(changes)
        self.assertEqual(len(found), 1, found)
        self.assertIn(text, found[0])

    def test_an_arrow_the_table_does_not_have(self):
        self.finds({"lib/flow/c.cpp": '\n#include "media/av_ptr.h"\n'},
                   "lib/flow/c.cpp:2: 'flow' may not use 'media'")

    def test_an_arrow_downward_in_the_table(self):
        self.finds({"tests/checks/modules.txt": "base: media\nmedia: base\nflow: base\ncli: flow media base\n"},
                   "'base' uses 'media', which is not above it")

    def test_a_folder_without_a_row(self):
        self.finds({"lib/new/note.txt": ""}, "lib/new:1: the folder has no row")

    NESTED = {
        "tests/checks/modules.txt": "base:\nmedia: base\nflow: base\nsafe/a: base\nsafe/b: base safe/a\n"
                                    "cli: base media flow safe/b\n",
        "lib/safe/a/x.h": '#include "base/a.h"\n',
        "lib/safe/b/y.h": '#include "safe/a/x.h"\n',
        "lib/cli/run.cpp": '#include "safe/b/y.h"\n',
    }

    def test_modules_may_lie_in_a_folder_of_their_own(self):
        self.assertEqual(faults(self.NESTED), [])

    def test_an_arrow_between_nested_modules(self):
        self.finds({**self.NESTED, "lib/safe/a/z.cpp": '#include "safe/b/y.h"\n'},
                   "lib/safe/a/z.cpp:1: 'safe/a' may not use 'safe/b'")
        self.finds({**self.NESTED, "lib/cli/z.cpp": '#include "safe/a/x.h"\n'},
                   "lib/cli/z.cpp:1: 'cli' may not use 'safe/a'")

    def test_a_nested_folder_without_a_row(self):
        self.finds({**self.NESTED, "lib/safe/c/note.txt": ""}, "lib/safe/c:1: the folder has no row")

    def test_a_source_between_the_modules(self):
        self.finds({**self.NESTED, "lib/safe/x.h": ""}, "lib/safe/x.h:1: the file belongs to no module")

    def test_a_nested_module_that_speaks(self):
        self.finds({**self.NESTED, "lib/safe/a/z.cpp": "void f() { printf(1); }\n"}, "never prints")

    def test_a_source_that_does_not_begin_with_its_header(self):
        self.finds({"lib/flow/b.cpp": '#include <string>\n#include "flow/b.h"\n'},
                   "lib/flow/b.cpp:1: the first include is not flow/b.h")
        self.assertEqual(faults({"lib/flow/b.cpp": '// Why.\n#include "flow/b.h"\n\n#include <string>\n'}), [])

    def test_cli11_in_the_library(self):
        self.finds({"lib/flow/c.h": "#include <CLI/App.hpp>\n"}, "CLI11 belongs to")

    def test_a_library_that_speaks_or_exits(self):
        for line in ("std::cerr << 1;", "fmt::print(1);", "printf(1);", "std::exit(1);", "fputs(x);"):
            self.finds({"lib/flow/c.cpp": f"void f() {{ {line} }}\n"}, "never prints")

    def test_a_release_outside_the_owning_pointers(self):
        self.finds({"lib/flow/c.cpp": "auto f = av_packet_free;\n"}, "released by")

    def test_a_long_main(self):
        self.finds({"tools/t.cpp": "int main() {\n" + "\n" * 60 + "}\n"}, "main has 62 lines")


if __name__ == "__main__":
    unittest.main()
