"""One-pass SGD of an erf committee in NumPy: the loop that bench/dense.mjs sets beside the kernel.

Speaks JSON, one object a line: {"make": {p, k, d, gamma, Delta, precision}} -> {"variant": ...}; {"steps": n} -> {"ms": ...};
{"omega": true} -> {"omega": [...]}. Where two ways of writing a part are near each other (a large outer product is faster as a matrix
product, few fields are faster as Python floats), all are tried on the problem at hand and the fastest is kept.
"""

import itertools
import json
import math
import sys
import time

import numpy as np

SQRT1_2 = math.sqrt(0.5)
SLOPE = math.sqrt(2.0 / math.pi)
BLOCK = 1 << 13


def start(p, k, d):
    """The same rows as bench/dense-problem.mjs: Omega has a closed form."""
    columns = np.arange(d) + 0.5
    basis = [math.sqrt(2.0 / d) * np.cos(math.pi * (r + 1) * columns / d) for r in range(k + p)]
    student = [0.5 * basis[i % k] + math.sqrt(0.75) * basis[k + i] for i in range(p)]
    return np.array(basis[:k] + student)


class Dense:
    def __init__(self, p, k, d, gamma, Delta, precision):
        real = np.float32 if precision == "f32" else np.float64
        self.k, self.noise, self.rate = k, math.sqrt(Delta), gamma / d
        self.W = start(p, k, d).astype(real)
        self.U = self.W[k:]
        # SFC64 is NumPy's fastest generator; inputs are drawn some steps at a time, which hides the cost of a call
        self.normal = np.random.Generator(np.random.SFC64(1)).standard_normal
        self.X = np.empty((max(1, BLOCK // (d + 1)), d + 1), real)
        self.used = len(self.X)
        self.lam = np.empty(k + p, real)
        self.f = np.empty(p, real)
        self.outer = np.empty((p, d), real)
        parts = itertools.product((self.factors_of_floats, self.factors_of_arrays), (self.add_product, self.add_matrix_product))
        self.factors, self.add = min(parts, key=self.trial)
        self.W[:] = start(p, k, d)

    def trial(self, parts):
        self.factors, self.add = parts
        self.steps(3)
        return min(self.steps(10) for _ in range(7))

    def factors_of_floats(self, zeta):
        k, erf, exp = self.k, math.erf, math.exp
        lam = self.lam.tolist()
        e = self.noise * zeta
        for v in lam[:k]:
            e += erf(SQRT1_2 * v)
        for v in lam[k:]:
            e -= erf(SQRT1_2 * v)
        factor = self.rate * SLOPE * e
        self.f[:] = [factor * exp(-0.5 * v * v) for v in lam[k:]]

    def factors_of_arrays(self, zeta):
        k, erf = self.k, math.erf
        s = [erf(v) for v in (SQRT1_2 * self.lam).tolist()]
        e = self.noise * zeta + sum(s[:k]) - sum(s[k:])
        student = self.lam[k:]
        np.exp(-0.5 * student * student, out=self.f)
        self.f *= self.rate * SLOPE * e

    def add_product(self, x):
        np.multiply(self.f[:, None], x, out=self.outer)
        np.add(self.U, self.outer, out=self.U)

    def add_matrix_product(self, x):
        np.dot(self.f[:, None], x[None, :], out=self.outer)
        np.add(self.U, self.outer, out=self.U)

    def steps(self, count):
        """Runs `count` steps; returns milliseconds."""
        W, X, lam, factors, add = self.W, self.X, self.lam, self.factors, self.add
        begin = time.perf_counter()
        for _ in range(count):
            if self.used == len(X):
                self.normal(dtype=X.dtype, out=X)
                self.used = 0
            row = X[self.used]
            self.used += 1
            x = row[:-1]
            np.dot(W, x, out=lam)
            factors(float(row[-1]))
            add(x)
        return 1e3 * (time.perf_counter() - begin)


run = None
for line in sys.stdin:
    ask = json.loads(line)
    if "make" in ask:
        run = Dense(**ask["make"])
        answer = {"variant": f"{run.factors.__name__}, {run.add.__name__}"}
    elif "steps" in ask:
        answer = {"ms": run.steps(ask["steps"])}
    else:
        W = run.W.astype(np.float64)
        answer = {"omega": (W @ W.T).ravel().tolist()}
    print(json.dumps(answer), flush=True)
