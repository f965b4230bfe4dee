/**
 * What TensorFlow's operations call their outputs. Inside of a function one refers to an output by that name; a graph is content with
 * numbers.
 */
import type { GraphNode } from "./graph.js";
import { TraceError } from "./trace-error.js";

/** Operations by the names of their outputs; where there is one name, outputs 1, 2 … are numbered under it. */
const table: [names: string, ops: string][] = [
  [
    "output",
    "All Any ArgMax ArgMin AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad BatchMatMul BatchMatMulV2 _MklBatchMatMulV2 BatchToSpaceND BroadcastTo " +
      "ConcatV2 Const Conv2D Conv2DBackpropFilter Conv2DBackpropInput Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 " +
      "DepthToSpace DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput Dilation2D " +
      "Einsum ExpandDims Fill GatherNd GatherV2 Identity LRN LRNGrad LinSpace Max MaxPool MaxPool3D MaxPool3DGrad MaxPoolGrad " +
      "Mean Min MirrorPad OneHot Pack Pad PadV2 Prod Range Reshape ResizeBilinearGrad ResizeNearestNeighborGrad ReverseV2 " +
      "ScatterNd Select SelectV2 Slice SpaceToBatchND Split SplitV Squeeze StatelessRandomNormal StatelessRandomUniform " +
      "StatelessTruncatedNormal StridedSlice Sum TensorScatterUpdate Tile Unpack UnsortedSegmentSum While If XlaDynamicUpdateSlice " +
      "Multinomial _MklNativeAvgPool _MklNativeAvgPoolGrad _MklNativeConv2D _MklNativeConv2DBackpropFilter _MklNativeConv2DBackpropInput " +
      "_MklNativeMaxPoolGrad",
  ],
  [
    "y",
    "Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil Cos Cosh Erf Exp Expm1 Floor IsFinite IsInf IsNan Log Log1p LogicalNot Neg " +
      "OnesLike Reciprocal Round Rsqrt Sigmoid Sign Sin Sinh Sqrt Square Tan Tanh Transpose ZerosLike",
  ],
  [
    "z",
    "Add AddV2 Atan2 Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr Maximum Minimum " +
      "Mod Mul NotEqual Pow RealDiv SquaredDifference Sub",
  ],
  ["activations", "Elu LeakyRelu Relu Relu6 Selu Softplus"],
  ["backprops", "EluGrad LeakyReluGrad ReluGrad"],
  ["out", "Cumprod Cumsum"],
  ["resized_images", "ResizeBilinear ResizeNearestNeighbor"],
  ["sum", "AddN"],
  ["filter_backprop", "Dilation2DBackpropFilter"],
  ["in_backprop", "Dilation2DBackpropInput"],
  ["dense", "SparseToDense"],
  ["resource", "VarHandleOp"],
  ["handle", "TensorListReserve"],
  ["output_handle", "TensorListSetItem"],
  ["tensor", "TensorListStack"],
  ["output workspace", "_MklNativeMaxPool"],
  ["bins", "Bincount"],
  ["r0", "BroadcastArgs"],
  ["crops", "CropAndResize"],
  ["logsoftmax", "LogSoftmax"],
  ["product", "MatMul _MklMatMul"],
  ["value", "ReadVariableOp"],
  ["softmax", "Softmax _MklSoftmax"],
  ["values indices", "TopKV2"],
  ["y batch_mean batch_variance reserve_space_1 reserve_space_2", "FusedBatchNorm"],
];

const names = new Map(table.flatMap(([names, ops]) => ops.split(" ").map((op) => [op, names.split(" ")] as const)));

/** "name:number" of output `index` of a node. @throws TraceError for an operation that is not listed */
export function outputName({ op }: GraphNode, index: number): string {
  const own = names.get(op);
  if (!own) {
    throw new TraceError(
      `expected operations that a loop can hold and XLA can compile, received ${op}`,
      "train with compile: false, and leave out jit: true",
    );
  }
  return own.length > 1 ? `${own[index]}:0` : `${own[0]}:${index}`;
}
