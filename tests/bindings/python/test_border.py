"""The border as a Python program sees it: nothing stands between the test and the generated module."""

import re
import unittest

from generated import kartka


class CoreVersion(unittest.TestCase):
    def test_the_library_says_which_core_it_holds(self):
        self.assertRegex(kartka.core_version(), re.compile(r"^\d+\.\d+\.\d+$"))


if __name__ == "__main__":
    unittest.main()
