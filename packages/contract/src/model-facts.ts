/** Facts about a model that are known before it is loaded: method plans and the placement of tasks are derived from them. */
export interface ModelFacts {
  /** The model's name in the grid. */
  readonly name: string;
  /** Name of the architecture or of the model source, for messages and measured speeds. */
  readonly architecture: string;
  readonly classes: number;
  /** Height, width and channels of an input image; null where the values of each split were computed elsewhere, and no image is looked at. */
  readonly input: readonly [height: number, width: number, channels: number] | null;
  /** Names of all taps that may be asked for, in forward order; methods that need another one are refused. */
  readonly taps: readonly string[];
  /** Those that the FSSD paper numbers: what methods with a column per layer score. */
  readonly layers: readonly string[];
  /** Tap of the last linear layer's input, [n, features]; where `taps` does not have it, nobody can ask for it. */
  readonly penultimate: string;
  readonly features: number;
  /** Tap of the logits, [n, classes]. */
  readonly logits: string;
  readonly offers: {
    /** The last linear layer's weights. */
    readonly head: boolean;
    /** Gradients with respect to the input. */
    readonly gradient: boolean;
    /** Dropout layers. */
    readonly dropout: boolean;
  };
  /** The tap before the first dropout layer: what lies before it runs once for all stochastic passes. Null where there is none. */
  readonly dropoutTap: string | null;
  readonly memory: ModelMemory;
}

/** Memory use of a model, in bytes. */
export interface ModelMemory {
  readonly weightBytes: number;
  /** Bytes of activations kept per image when gradients are taken. */
  readonly activationBytesPerImage: number;
}
