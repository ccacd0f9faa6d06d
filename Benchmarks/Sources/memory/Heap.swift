#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes of the heap that are in use, as the allocator counts them: its own overhead included.
func heapInUse() -> Int {
  #if canImport(Glibc)
    Int(mallinfo2().uordblks)
  #elseif canImport(Darwin)
    Int(mstats().bytes_used)
  #endif
}
