/** Three nodes with cores and two with a GPU, which only pods that ask for it may use. */
export const NODES = [
  ...['cpu-0', 'cpu-1', 'cpu-2'].map((name) => ({ name, cores: 16, gpus: 0 })),
  ...['gpu-0', 'gpu-1'].map((name) => ({ name, cores: 16, gpus: 1 })),
];

export async function addNodes(plane) {
  for (const { name, cores, gpus } of NODES) {
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      ...(gpus === 0 ? {} : { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' }),
    };
    const taints = gpus === 0 ? [] : [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }];
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: { taints } };
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify(node));
    const resources = {
      cpu: String(cores),
      memory: '128Gi',
      'ephemeral-storage': '500Gi',
      pods: '110',
      ...(gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) }),
    };
    const status = { status: { capacity: resources, allocatable: resources } };
    await plane.kubectl([
      'patch',
      'node',
      name,
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify(status),
    ]);
  }
}

/** Disks that claims are bound to: there is nothing that makes them. */
export async function addDisks(plane, count) {
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'disk', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'Immediate',
  };
  const disks = Array.from({ length: count }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `disk-${i}` },
    spec: {
      capacity: { storage: '100Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: 'disk',
      hostPath: { path: `/disks/${i}` },
    },
  }));
  const list = { apiVersion: 'v1', kind: 'List', items: [storageClass, ...disks] };
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify(list));
}
