package import HandfastCore

/// Never answers at once: the connection pauses with `Need.peerVerdict`, and whoever has `trust` answers.
package struct PausingTrust: PeerTrust {
  package let trust: any PeerTrust

  package init(_ trust: any PeerTrust) { self.trust = trust }

  package var authorities: [[UInt8]] { trust.authorities }
  package func judgeInline(_ request: PeerVerification) -> Verdict? { nil }
}

extension Identity {
  /// The same identity with its key elsewhere: the connection pauses with `Need.signature`.
  package var withoutKey: Identity {
    Identity(
      chain: chain, certificates: certificates, keyKind: keyKind, issuerNames: issuerNames, dnsNames: dnsNames,
      key: nil)
  }
}
