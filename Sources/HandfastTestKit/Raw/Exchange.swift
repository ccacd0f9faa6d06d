/// Carries what both have to say until neither has any more.
package func exchange(_ raw: RawPeer, _ endpoint: Endpoint) {
  for _ in 0..<100 {
    let (there, back) = (raw.takeOutgoing(), endpoint.takeOwed())
    guard !there.isEmpty || !back.isEmpty else { return }
    raw.receive(back)
    endpoint.feed(there)
  }
}
