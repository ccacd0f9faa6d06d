public import HandfastCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The system's time of day.
public struct SystemWallClock: WallClock {
  public init() {}
  public func now() -> UInt64 { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) }
}
