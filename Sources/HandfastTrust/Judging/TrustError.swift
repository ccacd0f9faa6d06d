/// Why a set of trusted roots cannot be made. Each case names the problem and the way out.
@nonexhaustive public enum TrustError: Error, Hashable, Sendable {
  case pemTooLarge(byteCount: Int, limit: Int)
  case malformedPEM(String)
  case noRoots
  case unusableRoot(position: Int, subject: String?, reason: String)
  /// None of the usual files is there.
  case noSystemRoots(searched: [String])
  /// A chain that was to be accepted without checks cannot be used.
  case unusableChain(reason: String)
  case noPinnedKeys
  case unusablePinnedKey(position: Int, reason: String)
}

extension TrustError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .pemTooLarge(let count, let limit):
      "the PEM text has \(count) bytes, more than the \(limit) that are read: pass fewer roots"
    case .malformedPEM(let problem): "the PEM text of the roots is damaged: \(problem); export it again"
    case .noRoots: "there is no root to trust: pass at least one CERTIFICATE block or DER certificate"
    case .unusableRoot(let position, let subject, let reason):
      "root \(position)\(subject.map { " (\($0))" } ?? "") cannot be used: \(reason); remove or replace it"
    case .noSystemRoots(let paths):
      "no system roots in \(paths.joined(separator: ", ")): install the package ca-certificates, or pass roots yourself"
    case .noPinnedKeys: "there is no key to trust: pass at least one PUBLIC KEY block or DER SubjectPublicKeyInfo"
    case .unusablePinnedKey(let position, let reason):
      "key \(position) cannot be pinned: \(reason); remove or replace it"
    case .unusableChain(let reason): "the chain cannot be accepted: \(reason); reject the peer instead"
    }
  }
}
