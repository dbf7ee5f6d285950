import { OodError } from '@oodgrid/contract';

/** Formats that a file can be told to be by its first bytes. */
export type FileKind = keyof typeof KINDS;

export interface KnownFile {
  readonly kind: FileKind;
  /** "an HTML page", to be read after "it is". */
  readonly title: string;
  /** Advice to the user. */
  readonly advice: string;
}

const FETCH_AGAIN = 'fetch the file again';
const TO_SAFETENSORS =
  'import torch; from safetensors.torch import save_file; s = torch.load("in.pth", map_location="cpu", weights_only=True); save_file({k: v.clone().contiguous() for k, v in s.items()}, "out.safetensors")';

/** Names of kinds of files, with the advice when another kind was expected. */
const KINDS = {
  empty: ['an empty file', `was a copy cut off? ${FETCH_AGAIN}`],
  'git-lfs': ['a Git LFS pointer, not the file itself', 'run "git lfs pull" where it was cloned'],
  html: ['an HTML page (a download that ended on a page, or an error page)', FETCH_AGAIN],
  json: ['a JSON text', 'if a server answered with an error, fetch the file again'],
  text: ['a text file', 'save arrays with numpy.savez'],
  'mat-7.3': [
    'a MATLAB v7.3 file, which is HDF5',
    'save it in MATLAB with -v7, or read it with h5py and save it with numpy.savez',
  ],
  hdf5: ['an HDF5 file (Keras weights or h5py)', 'read it with h5py and save it as safetensors or npz'],
  keras: ['a Keras model', 'save its weights as safetensors with PyTorch names and layouts'],
  'torch-zip': ['a PyTorch checkpoint', `convert it: python -c '${TO_SAFETENSORS}'`],
  'torch-legacy': ['a PyTorch checkpoint of the old form', `convert it: python -c '${TO_SAFETENSORS}'`],
  torchscript: ['a TorchScript module', 'save its state_dict() with safetensors.torch.save_file'],
  pickle: ['a Python pickle, which could run code', 'save its arrays with numpy.savez or safetensors'],
  onnx: ['an ONNX model', "save the PyTorch model's state_dict() with safetensors.torch.save_file"],
  npy: ['a single npy array', 'save it with numpy.savez under a name'],
  npz: ['an npz archive', 'give it the ending .npz'],
  safetensors: ['a safetensors file', 'give it the ending .safetensors'],
  'mat-5': ['a MATLAB 5 file', 'read it with scipy.io.loadmat and save it with numpy.savez'],
  idx: ['an IDX file', "name it as MNIST's files are named"],
  gzip: ['gzip-compressed', 'unpack it with gunzip'],
  bzip2: ['bzip2-compressed', 'unpack it with bunzip2'],
  xz: ['xz-compressed', 'unpack it with unxz'],
  zstd: ['Zstandard-compressed', 'unpack it with unzstd'],
  '7z': ['a 7z archive', 'unpack it'],
  rar: ['a RAR archive', 'unpack it'],
  tar: ['a tar archive', 'unpack it'],
  zip: ['a zip archive', 'unpack it'],
  parquet: ['a Parquet file', 'save its images and labels with numpy.savez'],
  gguf: ['a GGUF model', "save the PyTorch model's state_dict() with safetensors.torch.save_file"],
  image: ['a single image', 'save all images as one array with numpy.savez'],
  pdf: ['a PDF document', FETCH_AGAIN],
} as const satisfies Record<string, readonly [title: string, advice: string]>;

/** First bytes, in hexadecimal. The order matters where one begins as another does. */
const MAGIC: readonly (readonly [FileKind, string])[] = [
  ['hdf5', '894844460d0a1a0a'],
  ['torch-legacy', '80028a0a6cfc9c46f9206aa85019'],
  ['npy', '934e554d5059'],
  ['gzip', '1f8b'],
  ['bzip2', '425a68'],
  ['xz', 'fd377a585a00'],
  ['zstd', '28b52ffd'],
  ['7z', '377abcaf271c'],
  ['rar', '526172211a07'],
  ['parquet', '50415231'],
  ['gguf', '47475546'],
  ['image', '89504e470d0a1a0a'],
  ['image', 'ffd8ff'],
  ['image', '47494638'],
  ['pdf', '255044462d'],
];

/** Text, or names of members, is looked for in so many first and last bytes. */
const LOOK_BYTES = 4096;
const LOOK_LAST_BYTES = 65_536;

/** Tells a file by its first bytes, not by its name; undefined where nothing is recognised. */
export function whatIsThisFile(bytes: Uint8Array): KnownFile | undefined {
  const kind = kindOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (kind === undefined) return undefined;
  const [title, advice] = KINDS[kind];
  return { kind, title, advice };
}

function kindOf(file: Buffer): FileKind | undefined {
  if (file.length === 0) return 'empty';
  const start = file.subarray(0, 16).toString('hex');
  const magic = MAGIC.find(([, bytes]) => start.startsWith(bytes))?.[0];
  if (magic !== undefined) return magic;
  if (start.startsWith('504b0304') || start.startsWith('504b0506')) return kindOfZip(file);
  if (file.subarray(0, 6).toString('latin1') === 'MATLAB') return kindOfMat(file);
  if (file.subarray(257, 262).toString('latin1') === 'ustar') return 'tar';
  if (file.length > 9 && file.readBigUInt64LE(0) < 2 ** 32 && file[8] === 0x7b) return 'safetensors';
  if (/^0000(08|09|0b|0c|0d|0e)0[1-8]/.test(start)) return 'idx';
  // PyTorch and Python write protocol 2 to 5; a pickle ends in a full stop.
  if (/^800[2-5]/.test(start) && file.includes(0x2e)) return 'pickle';
  if (isOnnx(file)) return 'onnx';
  return kindOfText(file);
}

function kindOfZip(file: Buffer): FileKind {
  const first = file.subarray(0, LOOK_BYTES).toString('latin1');
  const names = first + file.subarray(-LOOK_LAST_BYTES).toString('latin1');
  if (names.includes('model.weights.h5')) return 'keras';
  if (names.includes('/constants.pkl') && names.includes('/code/')) return 'torchscript';
  if (names.includes('/data.pkl')) return 'torch-zip';
  return names.includes('.npy') ? 'npz' : 'zip';
}

function kindOfMat(file: Buffer): FileKind {
  const isHdf5 = file.subarray(512, 520).toString('hex') === '894844460d0a1a0a';
  return isHdf5 || file.subarray(0, 16).toString('latin1').startsWith('MATLAB 7.3') ? 'mat-7.3' : 'mat-5';
}

/** A protocol buffer whose first fields are a small `ir_version` and then the producer's name or the graph. */
function isOnnx(file: Buffer): boolean {
  const [field, version = 0, next, length = 0] = file;
  if (field !== 0x08 || version === 0 || version > 32) return false;
  const producer = file.subarray(4, 4 + length).toString('latin1');
  return (next === 0x12 && /^[\w.+ -]{1,64}$/.test(producer)) || next === 0x3a;
}

function kindOfText(file: Buffer): FileKind | undefined {
  let text: string;
  try {
    // The last character may be cut.
    text = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(0, LOOK_BYTES), { stream: true });
  } catch {
    return undefined;
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return undefined;
  }
  const trimmed = text.trimStart().toLowerCase();
  if (trimmed.startsWith('version https://git-lfs')) return 'git-lfs';
  if (/^<(!doctype|html|head|body|\?xml)/.test(trimmed)) return 'html';
  return /^[[{]\s*["{[\]}]/.test(trimmed) ? 'json' : 'text';
}

export type Refuse = (what: string) => never;

/**
 * Returns the error of a reader: `corrupt-data` that names the file and what is wrong with it; where the file is another
 * than was `expected`, that is said instead of what the reader stumbled over.
 */
export function refuser(
  bytes: Uint8Array,
  name: string,
  expected: FileKind | undefined,
  noun: string,
): Refuse {
  return (what) => {
    const found = whatIsThisFile(bytes);
    throw new OodError(
      'corrupt-data',
      found === undefined || found.kind === expected
        ? `${name}: not a readable ${noun}: ${what}`
        : `${name}: not a readable ${noun}: it is ${found.title}; ${found.advice}`,
    );
  };
}
