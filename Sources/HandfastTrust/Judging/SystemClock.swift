#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

enum SystemClock {
  /// Unix seconds.
  static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }
}
