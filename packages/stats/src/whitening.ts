/** Of a matrix scaled to a unit diagonal: below such a pivot its inverse has too few digits. */
const MIN_PIVOT = 1e-9;

/** The Cholesky factor L of a symmetric positive definite matrix H = L L': vectors are whitened by L^-1. */
export class Whitening {
  readonly #n: number;
  /** Of the matrix scaled to a unit diagonal. */
  readonly #factor: Float64Array;
  readonly #scale: Float64Array;

  constructor(n: number) {
    this.#n = n;
    this.#factor = new Float64Array(n * n);
    this.#scale = new Float64Array(n);
  }

  /** Takes the lower triangle of H [n, n]. False where H is too near to a singular one. */
  factorise(h: Float64Array): boolean {
    const n = this.#n;
    const l = this.#factor;
    const scale = this.#scale;
    for (let i = 0; i < n; i++) {
      scale[i] = 1 / Math.sqrt(h[i * n + i]);
      for (let j = 0; j <= i; j++) {
        let value = h[i * n + j] * scale[i] * scale[j];
        for (let k = 0; k < j; k++) value -= l[i * n + k] * l[j * n + k];
        if (i !== j) l[i * n + j] = value / l[j * n + j];
        else if (value > MIN_PIVOT) l[i * n + i] = Math.sqrt(value);
        else return false;
      }
    }
    return true;
  }

  /** Turns v into L^-1 v, and returns the length of that: |H^-1/2 v|. */
  whiten(v: Float64Array): number {
    const n = this.#n;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      let value = v[i] * this.#scale[i];
      for (let k = 0; k < i; k++) value -= this.#factor[i * n + k] * v[k];
      v[i] = value / this.#factor[i * n + i];
      squares += v[i] ** 2;
    }
    return Math.sqrt(squares);
  }

  /** Turns L^-1 v into H^-1 v. */
  solve(whitened: Float64Array): void {
    const n = this.#n;
    for (let i = n - 1; i >= 0; i--) {
      let value = whitened[i];
      for (let k = i + 1; k < n; k++) value -= this.#factor[k * n + i] * whitened[k];
      whitened[i] = value / this.#factor[i * n + i];
    }
    for (let i = 0; i < n; i++) whitened[i] *= this.#scale[i];
  }
}
