// The first page: what a contact has to do, or the watch of everybody else.
import { lazy, Suspense } from "react";
import { CONTACT, useMe } from "../../parts/session";
import { Loading } from "../../parts/States";

const Now = lazy(() => import("../now/NowPage").then(({ Page: default_ }) => ({ default: default_ })));
const Own = lazy(() => import("./OwnPage").then(({ Page: default_ }) => ({ default: default_ })));

export function Page() {
  const { role } = useMe();
  return <Suspense fallback={<Loading />}>{role === CONTACT ? <Own /> : <Now />}</Suspense>;
}
