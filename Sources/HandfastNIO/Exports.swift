// `ByteBuffer` and `EventLoopGroup` stand in the public API: one import is enough to use them.
@_exported public import NIOCore
