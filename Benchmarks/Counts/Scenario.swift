import HandfastCore
import HandfastWire

/// One kind of work whose instructions are counted.
struct Scenario {
  enum Work {
    case full(isMutual: Bool, remembersChains: Bool)
    case resumed
    /// Writes of so many bytes.
    case bulk(Int)
  }

  let version: ProtocolVersion
  let work: Work

  static let all: [Scenario] = [ProtocolVersion.tls12, .tls13].flatMap { version in
    [
      Scenario(version: version, work: .full(isMutual: false, remembersChains: false)),
      Scenario(version: version, work: .full(isMutual: true, remembersChains: false)),
      Scenario(version: version, work: .full(isMutual: true, remembersChains: true)),
      Scenario(version: version, work: .resumed),
      Scenario(version: version, work: .bulk(16_384)),
      Scenario(version: version, work: .bulk(64)),
    ]
  }

  var name: String {
    switch work {
    case .full(let isMutual, let remembersChains):
      "\(version) \(isMutual ? "mutual" : "server-only"), chains \(remembersChains ? "remembered" : "cold")"
    case .resumed: "\(version) resumed"
    case .bulk(let size): "\(version) write of \(size) B"
    }
  }

  var isMutual: Bool {
    switch work {
    case .full(let isMutual, _): isMutual
    case .resumed, .bulk: true
    }
  }

  var isResumed: Bool {
    switch work {
    case .resumed: true
    case .full, .bulk: false
    }
  }

  var remembersChains: Bool {
    switch work {
    case .full(_, let remembersChains): remembersChains
    case .resumed, .bulk: true
    }
  }
}
