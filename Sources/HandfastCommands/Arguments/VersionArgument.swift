import ArgumentParser
package import Handfast

/// A version of TLS by its number.
package enum VersionArgument: String, CaseIterable, ExpressibleByArgument, Sendable {
  case tls12 = "1.2"
  case tls13 = "1.3"

  package var version: ProtocolVersion {
    switch self {
    case .tls12: .tls12
    case .tls13: .tls13
    }
  }
}

/// One version, or several with commas between them.
package struct VersionsArgument: ExpressibleByArgument, Sendable {
  package let versions: [ProtocolVersion]

  package init?(argument: String) {
    let words = argument.split(separator: ",", omittingEmptySubsequences: false)
    let versions = words.compactMap { VersionArgument(rawValue: String($0))?.version }
    guard versions.count == words.count else { return nil }
    self.versions = versions
  }

  package var defaultValueDescription: String { versions.map(\.description).joined(separator: ",") }
  package static var allValueStrings: [String] { VersionArgument.allCases.map(\.rawValue) }
}
