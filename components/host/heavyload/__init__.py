"""heavyload on the host."""

import sys

# A number of any length in somebody's file is a number: later Pythons give up after 4,300 digits, with a traceback.
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
