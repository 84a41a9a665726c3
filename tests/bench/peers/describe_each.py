"""How images are, the plain way: one describeImage an image, with JD Cloud's own SDK.

`python -m tests.bench.peers.describe_each HOST:PORT IMAGES` looks at so many, and tells what that took as JSON.
"""

import json
import sys
import time
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its docstrings hold escapes that newer Pythons warn of
    from jdcloud_sdk.core.config import Config
    from jdcloud_sdk.core.credential import Credential
    from jdcloud_sdk.core.logger import ERROR, Logger
    from jdcloud_sdk.services.vm.apis.DescribeImageRequest import DescribeImageParameters, DescribeImageRequest
    from jdcloud_sdk.services.vm.client.VmClient import VmClient


def main(endpoint: str, count: int) -> None:
    """Looks at `img-0`, `img-1`, … of the region cn-north-1."""
    client = VmClient(Credential("demo-ak", "demo-sk"), Config(endpoint, "http"), Logger(ERROR))
    begun, cpu = time.perf_counter(), time.process_time()
    for number in range(count):
        answer = client.send(DescribeImageRequest(DescribeImageParameters("cn-north-1", f"img-{4 * number}")))
        assert answer.result["image"]["status"] == "pending", answer.error
    print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
