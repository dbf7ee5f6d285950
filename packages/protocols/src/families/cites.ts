import type { Work } from '@oodgrid/contract';

const NEURIPS = 'Advances in Neural Information Processing Systems';

export const AURC: Work = {
  authors: 'Yonatan Geifman and Ran El-Yaniv',
  title: 'Selective Classification for Deep Neural Networks',
  year: 2017,
  proceedings: NEURIPS,
  arxiv: '1705.08500',
};

export const EXCESS_AURC: Work = {
  authors: 'Yonatan Geifman and Guy Uziel and Ran El-Yaniv',
  title: 'Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers',
  year: 2019,
  proceedings: 'International Conference on Learning Representations',
  arxiv: '1805.08206',
};

export const AUGRC: Work = {
  authors:
    'Jeremias Traub and Till J. Bungert and Carsten T. Lüth and Michael Baumgartner and Klaus H. Maier-Hein and Lena Maier-Hein and Paul F. Jaeger',
  title: 'Overcoming Common Flaws in the Evaluation of Selective Classification Systems',
  year: 2024,
  proceedings: NEURIPS,
  arxiv: '2407.01032',
};

export const OSCR: Work = {
  authors: 'Akshay Raj Dhamija and Manuel Günther and Terrance Boult',
  title: 'Reducing Network Agnostophobia',
  year: 2018,
  proceedings: NEURIPS,
  arxiv: '1811.04110',
};

export const CALIBRATION: Work = {
  authors: 'Chuan Guo and Geoff Pleiss and Yu Sun and Kilian Q. Weinberger',
  title: 'On Calibration of Modern Neural Networks',
  year: 2017,
  proceedings: 'International Conference on Machine Learning',
  arxiv: '1706.04599',
};
