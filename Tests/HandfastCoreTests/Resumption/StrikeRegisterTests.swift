import HandfastCore
import Testing

@Suite("The register of ClientHellos with early data") struct StrikeRegisterTests {
  private let now: UInt64 = 1_800_000_000_000
  private func identifier(_ number: Int) -> [UInt8] {
    bytes(of: number) + [UInt8](repeating: 0xee, count: 24)
  }
  private func bytes(of number: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
  private func register(limit: Int = 100) -> StrikeRegister {
    StrikeRegister(window: 1000, limit: limit, startedAt: now - 10_000)
  }

  @Test func `lets each pass once`() {
    let register = register()
    #expect(register.admit(identifier(1), expectedArrival: now, at: now) == .accepted)
    #expect(register.admit(identifier(2), expectedArrival: now, at: now) == .accepted)
    for later in [0, 1, 500, 1000] as [UInt64] {
      #expect(register.admit(identifier(1), expectedArrival: now, at: now + later) == .replayed)
    }
    #expect(register.admit(identifier(1), expectedArrival: now + 900, at: now + 1000) == .replayed)
    #expect(register.admit(identifier(1), expectedArrival: now, at: now + 1001) == .outsideWindow)
  }

  @Test func `refuses what does not arrive when its ticket's age says`() {
    let register = register()
    #expect(register.admit(identifier(1), expectedArrival: now - 1001, at: now) == .outsideWindow)
    #expect(register.admit(identifier(2), expectedArrival: now + 1001, at: now) == .outsideWindow)
    #expect(register.admit(identifier(3), expectedArrival: now - 1000, at: now) == .accepted)
    #expect(register.admit(identifier(4), expectedArrival: now + 1000, at: now) == .accepted)
    #expect(register.admit(identifier(5), expectedArrival: 0, at: .max) == .outsideWindow)
    #expect(register.admit(identifier(5), expectedArrival: .max, at: .max) == .accepted)
  }

  @Test func `refuses when it is full, and has room again when its window has passed`() {
    let register = register(limit: 10)
    for number in 0..<10 {
      #expect(register.admit(identifier(number), expectedArrival: now, at: now) == .accepted)
    }
    #expect(register.admit(identifier(10), expectedArrival: now, at: now) == .registerFull)
    #expect(register.admit(identifier(3), expectedArrival: now, at: now) == .replayed)
    #expect(register.admit(identifier(10), expectedArrival: now + 5000, at: now + 5000) == .accepted)
  }

  @Test func `forgets nothing that a clock set back would let in again`() {
    let register = register()
    #expect(register.admit(identifier(1), expectedArrival: now, at: now) == .accepted)
    #expect(register.admit(identifier(2), expectedArrival: now + 9000, at: now + 9000) == .accepted)
    #expect(register.admit(identifier(1), expectedArrival: now, at: now) != .accepted)
    // The clock goes on from there, and so does the register.
    #expect(register.admit(identifier(3), expectedArrival: now + 9100, at: now + 9100) == .accepted)
  }

  @Test func `accepts nothing that its predecessor may have accepted`() {
    let register = StrikeRegister(window: 1000, limit: 10, startedAt: now)
    #expect(register.admit(identifier(1), expectedArrival: now, at: now) == .tooSoonAfterStart)
    #expect(register.admit(identifier(1), expectedArrival: now + 1000, at: now + 1001) == .tooSoonAfterStart)
    #expect(register.admit(identifier(1), expectedArrival: now + 1001, at: now + 1001) == .accepted)
  }

  @Test func `lets one of many pass that come at once`() async {
    let register = StrikeRegister(window: 1000, limit: 10_000, startedAt: now - 10_000)
    let now = now
    let identifiers = (0..<200).map(identifier)
    let accepted = await withTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask {
          var accepted = 0
          for (index, identifier) in identifiers.enumerated() {
            let arrival = now + UInt64((index * 7 + task) % 900)
            if register.admit(identifier, expectedArrival: arrival, at: now) == .accepted { accepted += 1 }
          }
          return accepted
        }
      }
      return await group.reduce(0, +)
    }
    #expect(accepted == 200)
  }

  @Test func `says why in words of its own`() {
    #expect(Set(EarlyDataAdmission.allCases.map(\.description)).count == EarlyDataAdmission.allCases.count)
  }
}
