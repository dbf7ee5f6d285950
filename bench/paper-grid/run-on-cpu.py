"""run-on-cpu.py SCRIPT ARGS...: runs one of the paper's scripts unchanged where there is no GPU: calls that choose one do nothing.

The last line of its standard error is what the script took by its own clock, without the start of Python and PyTorch.
"""

import runpy
import sys
import time

import torch

stay = lambda self, *_args, **_options: self
torch.Tensor.cuda = stay
torch.nn.Module.cuda = stay
torch.cuda.manual_seed = torch.cuda.manual_seed_all = lambda _seed: None

sys.argv = sys.argv[1:]
sys.path.insert(0, "")
start = time.perf_counter()
runpy.run_path(sys.argv[0], run_name="__main__")
print(f"\nown clock: {time.perf_counter() - start}", file=sys.stderr)
