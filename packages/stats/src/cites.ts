/** Publications behind the statistics of every table; docs/intervals.md says what each serves for. */
export const CITES = {
  /** The interval of an AUROC, and the paired test of two. */
  delong: {
    authors: 'Elizabeth R. DeLong and David M. DeLong and Daniel L. Clarke-Pearson',
    title:
      'Comparing the Areas under Two or More Correlated Receiver Operating Characteristic Curves: A Nonparametric Approach',
    year: 1988,
    journal: 'Biometrics',
    volume: 44,
    number: 3,
    pages: '837-845',
    doi: '10.2307/2531595',
  },
  /** The interval of an AUROC near the border: method 5. */
  newcombe: {
    authors: 'Robert G. Newcombe',
    title:
      'Confidence Intervals for an Effect Size Measure Based on the Mann-Whitney Statistic. Part 2: Asymptotic Methods and Evaluation',
    year: 2006,
    journal: 'Statistics in Medicine',
    volume: 25,
    number: 4,
    pages: '559-573',
    doi: '10.1002/sim.2324',
  },
  /** The interval of a share. */
  wilson: {
    authors: 'Edwin B. Wilson',
    title: 'Probable Inference, the Law of Succession, and Statistical Inference',
    year: 1927,
    journal: 'Journal of the American Statistical Association',
    volume: 22,
    number: 158,
    pages: '209-212',
    doi: '10.1080/01621459.1927.10502953',
  },
  /** The intervals of the other metrics. */
  efron: {
    authors: 'Bradley Efron',
    title: 'Bootstrap Methods: Another Look at the Jackknife',
    year: 1979,
    journal: 'The Annals of Statistics',
    volume: 7,
    number: 1,
    pages: '1-26',
    doi: '10.1214/aos/1176344552',
  },
} as const;
