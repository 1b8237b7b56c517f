#!/usr/bin/env python3
"""The contract again, in Python: os.environ is all that a program is told."""
import os

print("Content-Type: text/plain; charset=utf-8")
print()
print(f"Hello from process {os.getpid()}, Python!")
print(f"You asked for {os.environ['SCRIPT_NAME']}{os.environ.get('PATH_INFO', '')} with {os.environ['REQUEST_METHOD']}.")
