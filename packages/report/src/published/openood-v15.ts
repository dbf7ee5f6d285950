/**
 * Leaderboard of OpenOOD v1.5: networks trained with cross-entropy and no other data; files results/cifar10.csv, cifar100.csv, imagenet200_ood.csv and
 * imagenet1k_ood.csv of github.com/Jingkang50/OpenOOD (MIT) at commit 03db2d83430786497a277a10fe2dc1f54b92cb36, as they are there. Each line:
 * post-processor, AUROC of near OOD, AUROC of far OOD, in percent; where there are three training seeds with the standard deviation over them. One of 0.00 is that of a
 * single run.
 */
export const OPENOOD_V15 = {
  source: 'https://github.com/Jingkang50/OpenOOD/tree/03db2d83430786497a277a10fe2dc1f54b92cb36/results',
  benchmarks: [
    {
      name: 'cifar10',
      network: 'ResNet-18 of 32 x 32 images, 100 epochs, three seeds',
      accuracy: '95.06 ± 0.30',
      near: ['cifar100', 'tin'],
      far: ['mnist', 'svhn', 'texture', 'places365'],
      rows: `
OpenMax,87.62 ± 0.29,89.62 ± 0.19
MSP,88.03 ± 0.25,90.73 ± 0.43
TempScale,88.09 ± 0.31,90.97 ± 0.52
ODIN,82.87 ± 1.85,87.96 ± 0.61
MDS,84.20 ± 2.40,89.72 ± 1.36
MDSEns,60.43 ± 0.26,73.90 ± 0.27
RMDS,89.80 ± 0.28,92.20 ± 0.21
Gram,58.66 ± 4.83,71.73 ± 3.20
EBO,87.58 ± 0.46,91.21 ± 0.92
OpenGAN,53.71 ± 7.68,54.61 ± 15.51
GradNorm,54.90 ± 0.98,57.55 ± 3.22
ReAct,87.11 ± 0.61,90.42 ± 1.41
MLS,87.52 ± 0.47,91.10 ± 0.89
KLM,79.19 ± 0.80,82.68 ± 0.21
VIM,88.68 ± 0.28,93.48 ± 0.24
KNN,90.64 ± 0.20,92.96 ± 0.14
DICE,78.34 ± 0.79,84.23 ± 1.89
RankFeat,79.46 ± 2.52,75.87 ± 5.06
ASH,75.27 ± 1.04,78.49 ± 2.58
SHE,81.54 ± 0.51,85.32 ± 1.43
GEN,88.20 ± 0.30,91.35 ± 0.69
Relation,89.77 ± 0.16,92.21 ± 0.20
SCALE,82.55 ± 0.36,86.39 ± 1.86
NAC,90.93 ± 0.23,94.60 ± 0.49
fDBD,90.42 ± 0.00,93.16 ± 0.00
CombOOD,91.13 ± 0.00,94.65 ± 0.00
WeiPer+KLD,90.54 ± 0.00,93.12 ± 0.00
OTOD,88.54 ± 0.00,91.33 ± 0.00
i-ODIN,87.92 ± 0.17,90.99 ± 0.76
AdaSCALE-A,83.92 ± 0.33,88.00 ± 1.49
AdaSCALE-L,74.99 ± 0.74,79.02 ± 2.63
NCI,88.86 ± 0.00,91.27 ± 0.00
`,
    },
    {
      name: 'cifar100',
      network: 'ResNet-18 of 32 x 32 images, 100 epochs, three seeds',
      accuracy: '77.25 ± 0.10',
      near: ['cifar10', 'tin'],
      far: ['mnist', 'svhn', 'texture', 'places365'],
      rows: `
OpenMax,76.41 ± 0.25,79.48 ± 0.41
MSP,80.27 ± 0.11,77.76 ± 0.44
TempScale,80.90 ± 0.07,78.74 ± 0.51
ODIN,79.90 ± 0.11,79.28 ± 0.21
MDS,58.69 ± 0.09,69.39 ± 1.39
MDSEns,46.31 ± 0.24,66.00 ± 0.69
RMDS,80.15 ± 0.11,82.92 ± 0.42
Gram,51.66 ± 0.77,73.36 ± 1.08
EBO,80.91 ± 0.08,79.77 ± 0.61
OpenGAN,65.98 ± 1.26,67.88 ± 7.16
GradNorm,70.13 ± 0.47,69.14 ± 1.05
ReAct,80.77 ± 0.05,80.39 ± 0.49
MLS,81.05 ± 0.07,79.67 ± 0.57
KLM,76.56 ± 0.25,76.24 ± 0.52
VIM,74.98 ± 0.13,81.70 ± 0.62
KNN,80.18 ± 0.15,82.40 ± 0.17
DICE,79.38 ± 0.23,80.01 ± 0.18
RankFeat,61.88 ± 1.28,67.10 ± 1.42
ASH,78.20 ± 0.15,80.58 ± 0.66
SHE,78.95 ± 0.18,76.92 ± 1.16
GEN,81.31 ± 0.08,79.68 ± 0.75
Relation,80.67 ± 0.04,80.82 ± 0.31
SCALE,80.99 ± 0.12,81.42 ± 0.43
NAC,75.90 ± 0.42,86.98 ± 0.37
fDBD,81.26 ± 0.00,79.85 ± 0.00
CombOOD,78.77 ± 0.00,85.87 ± 0.00
WeiPer+KLD,81.37 ± 0.00,79.01 ± 0.00
OTOD,80.98 ± 0.00,79.54 ± 0.00
i-ODIN,81.10 ± 0.07,79.69 ± 0.56
AdaSCALE-A,81.04 ± 0.11,81.84 ± 0.36
AdaSCALE-L,80.54 ± 0.16,83.38 ± 0.20
NCI,81.03 ± 0.00,81.32 ± 0.00
`,
    },
    {
      name: 'imagenet200',
      network: 'ResNet-18 of 224 x 224 images, 90 epochs, three seeds',
      accuracy: '86.37 ± 0.08',
      near: ['ssb_hard', 'ninco'],
      far: ['inaturalist', 'textures', 'openimage_o'],
      rows: `
OpenMax,80.27 ± 0.10,90.20 ± 0.17
MSP,83.34 ± 0.06,90.13 ± 0.09
TempScale,83.69 ± 0.04,90.82 ± 0.09
ODIN,80.27 ± 0.08,91.71 ± 0.19
MDS,61.93 ± 0.51,74.72 ± 0.26
MDSEns,54.32 ± 0.24,69.27 ± 0.57
RMDS,82.57 ± 0.25,88.06 ± 0.34
Gram,67.67 ± 1.07,71.19 ± 0.24
EBO,82.50 ± 0.05,90.86 ± 0.21
OpenGAN,59.79 ± 3.39,73.15 ± 4.07
GradNorm,72.75 ± 0.48,84.26 ± 0.87
ReAct,81.87 ± 0.98,92.31 ± 0.56
MLS,82.90 ± 0.04,91.11 ± 0.19
KLM,80.76 ± 0.08,88.53 ± 0.11
VIM,78.68 ± 0.24,91.26 ± 0.19
KNN,81.57 ± 0.17,93.16 ± 0.22
DICE,81.78 ± 0.14,90.80 ± 0.31
RankFeat,56.92 ± 1.59,38.22 ± 3.85
ASH,82.38 ± 0.19,93.90 ± 0.27
SHE,80.18 ± 0.25,89.81 ± 0.61
GEN,83.68 ± 0.06,91.36 ± 0.10
SCALE,84.84 ± 0.28,93.98 ± 0.25
NAC,78.52 ± 0.20,91.02 ± 0.29
fDBD,84.27 ± 0.08,93.45 ± 0.12
CombOOD,95.74 ± 0.00,92.57 ± 0.00
i-ODIN,82.99 ± 0.04,91.16 ± 0.18
AdaSCALE-A,85.52 ± 0.27,94.43 ± 0.21
AdaSCALE-L,85.73 ± 0.31,94.86 ± 0.12
NCI,83.50 ± 0.12,93.71 ± 0.12
`,
    },
    {
      name: 'imagenet1k',
      network: 'ResNet-50 of torchvision',
      accuracy: '76.18',
      near: ['ssb_hard', 'ninco'],
      far: ['inaturalist', 'textures', 'openimage_o'],
      rows: `
OpenMax,74.77,89.26
MSP,76.02,85.23
TempScale,77.14,87.56
ODIN,74.75,89.47
MDS,55.44,74.25
MDSEns,49.67,67.52
RMDS,76.99,86.38
Gram,61.70,79.71
EBO,75.89,89.47
GradNorm,72.96,90.25
ReAct,77.38,93.67
MLS,76.46,89.57
KLM,76.64,87.60
VIM,72.08,92.68
KNN,71.10,90.18
DICE,73.07,90.95
RankFeat,50.99,53.93
ASH,78.17,95.74
SHE,73.78,90.92
GEN,76.85,89.76
SCALE,81.36,96.53
NAC,74.43,95.29
fDBD,76.63,92.77
CombOOD,95.22,90.24
WeiPer+KLD,80.05,95.54
i-ODIN,76.53,89.64
AdaSCALE-A,84.42,97.27
AdaSCALE-L,84.27,97.28
NCI,78.69,95.53
`,
    },
  ],
} as const;
