import Foundation
import Handfast
import Testing

@Suite struct SystemWallClockTests {
  @Test func `the system's clock tells milliseconds since 1970`() {
    let before = Date().timeIntervalSince1970 * 1000
    let now = Double(SystemWallClock().now())
    let after = Date().timeIntervalSince1970 * 1000
    // Nobody sets the clock back meanwhile, or the test would be run again.
    #expect(before - 1 <= now && now <= after + 1)
  }
}
