"""The delivery kit: a plan's layers in every format, each read back before it is released.

Left to right: `profiles` and `sheets` say what is delivered, `fitting` makes tables of it for a
format, one module a format writes it and has it read back through `comparing`, `kit` puts the
formats together and writes the `manifest`.
"""
