/// One way to change a ClientHello. Its name is by what differences are grouped.
struct Mutation: Sendable {
  let name: String
  let change: @Sendable (inout ClientHelloParts, inout SeededGenerator) -> Void

  static let all: [Mutation] = [
    Mutation(name: "nothing") { _, _ in },
    Mutation(name: "an extension is left out") { hello, random in
      guard let index = hello.anyExtension(&random) else { return }
      hello.extensions.remove(at: index)
    },
    Mutation(name: "an extension stands twice") { hello, random in
      guard let index = hello.anyExtension(&random) else { return }
      hello.extensions.insert(hello.extensions[index], at: 0)
    },
    Mutation(name: "extensions in another order") { hello, random in hello.extensions.shuffle(using: &random) },
    Mutation(name: "an extension is empty") { hello, random in
      guard let index = hello.anyExtension(&random) else { return }
      hello.extensions[index].body = []
    },
    Mutation(name: "an extension is a byte short") { hello, random in
      guard let index = hello.anyExtension(&random) else { return }
      _ = hello.extensions[index].body.popLast()
    },
    Mutation(name: "an extension is a byte long") { hello, random in
      guard let index = hello.anyExtension(&random) else { return }
      hello.extensions[index].body.append(UInt8.random(in: 0...255, using: &random))
    },
    Mutation(name: "a byte of an extension") { hello, random in
      guard let index = hello.anyExtension(&random), !hello.extensions[index].body.isEmpty else { return }
      let place = Int.random(in: 0..<hello.extensions[index].body.count, using: &random)
      hello.extensions[index].body[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    },
    Mutation(name: "an unknown extension") { hello, random in
      let body = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      hello.extensions.insert(.init(type: UInt16.random(in: 0x4000...0xfdff, using: &random), body: body), at: 0)
    },
    Mutation(name: "legacy_version") { hello, random in
      hello.version = UInt16.random(in: 0x0300...0x0305, using: &random)
    },
    Mutation(name: "record version") { hello, random in
      hello.recordVersion = UInt16.random(in: 0x0300...0x0305, using: &random)
    },
    Mutation(name: "session id") { hello, random in
      hello.sessionID = [UInt8](repeating: 7, count: Int.random(in: 0...40, using: &random))
    },
    Mutation(name: "cipher suites") { hello, random in
      switch Int.random(in: 0..<4, using: &random) {
      case 0: hello.suites = []
      case 1: hello.suites.shuffle(using: &random)
      case 2: hello.suites = [UInt16.random(in: 0...0xffff, using: &random)]
      default:
        if let index = hello.suites.indices.randomElement(using: &random) { hello.suites.remove(at: index) }
      }
    },
    Mutation(name: "compression methods") { hello, random in
      hello.compressions = [[], [1], [0, 1], [1, 0], [0, 0]].randomElement(using: &random)!
    },
    Mutation(name: "supported versions") { hello, random in
      let versions: [[UInt16]] = [
        [], [0x0304], [0x0303], [0x0302], [0x0305, 0x0304], [0x7f1c], [0x0303, 0x0304], [0x0a0a, 0x0303],
      ]
      let body = versions.randomElement(using: &random)!.flatMap(ClientHelloParts.number)
      hello.set(43, ClientHelloParts.vector(1, body))
    },
    Mutation(name: "groups") { hello, random in
      let groups: [[UInt16]] = [[], [23], [29], [0x0a0a], [24, 23], [25], [29, 29], [4588]]
      let body = groups.randomElement(using: &random)!.flatMap(ClientHelloParts.number)
      hello.set(10, ClientHelloParts.vector(2, body))
    },
    Mutation(name: "signature schemes") { hello, random in
      let schemes: [[UInt16]] = [[], [0x0403], [0x0804], [0x0201], [0x0403, 0x0403], [0x0a0a], [0x0503]]
      let body = schemes.randomElement(using: &random)!.flatMap(ClientHelloParts.number)
      hello.set(13, ClientHelloParts.vector(2, body))
    },
    Mutation(name: "the message's length") { hello, random in hello.lengthError = Int.random(in: -3...3, using: &random)
    },
    Mutation(name: "bytes behind the extensions") { hello, random in
      hello.trailing = [UInt8](repeating: 0, count: Int.random(in: 1...4, using: &random))
    },
  ]
}

extension ClientHelloParts {
  fileprivate func anyExtension(_ random: inout SeededGenerator) -> Int? {
    extensions.indices.randomElement(using: &random)
  }

  fileprivate mutating func set(_ type: UInt16, _ body: [UInt8]) {
    if let index = extensions.firstIndex(where: { $0.type == type }) {
      extensions[index].body = body
    } else {
      extensions.insert(Extension(type: type, body: body), at: 0)
    }
  }
}

/// SplitMix64: the same run for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
