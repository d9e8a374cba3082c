import { render } from '@testing-library/svelte';
import { createClient } from '../ipc/generated/client';
import { createFake, type FakePlatform } from '../platform/fake';
import type { FakeOptions } from '../platform/fake/world';
import { AppState } from '../state/app.svelte';
import type { Component } from 'svelte';
import WithApp from './WithApp.svelte';

export interface Rendered {
  app: AppState;
  fake: FakePlatform;
  container: HTMLElement;
}

/** Draws a component inside an app over the fake platform, opened as the window opens it. */
export async function renderWithApp(
  component: Component<never>,
  props: Record<string, unknown> = {},
  options: FakeOptions = {},
): Promise<Rendered> {
  const fake = createFake(options);
  const app = new AppState(createClient(fake.call));
  app.accept(await fake.openSession((event) => app.dispatch(event)));
  await app.ready;
  const { container } = render(WithApp, { props: { app, component: component as unknown as Component, props } });
  return { app, fake, container };
}
