import Foundation
package import Testing

/// Swift Testing starts every test at once, on as many threads as there are processors. A test that keeps a thread busy
/// for seconds, or whose sockets have a clock of their own, then waits on hundreds of others at each `await`: a handshake
/// that takes milliseconds ran into its limit of thirty seconds. Such tests go in turn, no more of them at once than there
/// are threads, and none before the others have let go of them.
package struct TestTurns: SuiteTrait, TestTrait, TestScoping {
  package var isRecursive: Bool { true }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await Turnstile.shared.enter()
    await Turnstile.shared.quiet()
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await function())
    } catch {
      outcome = .failure(error)
    }
    await Turnstile.shared.leave()
    try outcome.get()
  }
}

extension Trait where Self == TestTurns {
  /// For what keeps a thread busy for long, and for what waits on sockets and clocks.
  package static var inTurn: TestTurns { TestTurns() }
}

private actor Turnstile {
  static let shared = Turnstile(width: max(1, ProcessInfo.processInfo.activeProcessorCount))

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(width: Int) { free = width }

  func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func leave() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }

  /// Returns once a task that yields is back at once, three times in a row; after ten minutes at the latest.
  nonisolated func quiet() async {
    let clock = ContinuousClock()
    let latest = clock.now + .seconds(600)
    var prompt = 0
    while prompt < 3, clock.now < latest {
      let yielded = clock.now
      await Task.yield()
      prompt = clock.now - yielded < .milliseconds(200) ? prompt + 1 : 0
    }
  }
}
