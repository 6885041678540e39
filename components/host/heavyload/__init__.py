"""heavyload's host program: moves a host to a load, proves it, and puts back what it found."""

import sys

# A number of any length in somebody's file is a number: Pythons that have this give up after 4,300 digits otherwise.
getattr(sys, "set_int_max_str_digits", lambda _: None)(0)
